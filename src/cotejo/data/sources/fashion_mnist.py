"""Fashion-MNIST: 70,000 pictures of clothes, shoes and bags, grey, of 28 by 28 pixels."""

from __future__ import annotations

from cotejo.data.published import PublishedSet, source_of
from cotejo.data.published.idx import idx_forms

__all__ = ["FASHION_MNIST", "SOURCE"]

FASHION_MNIST = PublishedSet(
    name="fashion-mnist",
    title="Fashion-MNIST",
    # The md5 of the compressed files are from the publisher's page,
    # https://github.com/zalandoresearch/fashion-mnist; their sizes are those that downloads show.
    # The folder is torchvision's (torchvision/datasets/mnist.py). The md5 of the plain files are
    # those that several programs and notes state alike.
    forms=idx_forms(
        folder="FashionMNIST/raw",
        compressed={
            "train-images-idx3-ubyte": (26_421_880, "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            "train-labels-idx1-ubyte": (29_515, "md5:25c81989df183df01b3e8a0aad5dffbe"),
            "t10k-images-idx3-ubyte": (4_422_102, "md5:bef4ecab320f06d8554ea6380940ec79"),
            "t10k-labels-idx1-ubyte": (5_148, "md5:bb300cfdad3c16e7a12a480ee83cd310"),
        },
        plain={
            "train-images-idx3-ubyte": "md5:f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte": "md5:9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte": "md5:8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte": "md5:15d484375f8d13e6eb1aabb0c3f46965",
        },
    ),
    image_shape=(28, 28, 1),
    classes=10,
    valid=10_000,
    test=10_000,
    # Keras keeps the files in `datasets/fashion-mnist` of its home; the publisher's repository has
    # them in `data/fashion`.
    inside=("", "fashion-mnist", "datasets/fashion-mnist", "data", "data/fashion", "fashion"),
    # The publisher's bucket, the copy that Keras downloads, and the publisher's repository.
    addresses=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    mirror="COTEJO_FASHION_MNIST_URL",
    cache="fashion-mnist",
)

SOURCE = source_of(FASHION_MNIST)
