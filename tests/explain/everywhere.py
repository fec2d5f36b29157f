"""What has to hold on every backend; as a program, it says nothing if it does."""

import numpy as np
from onlyleft import only_left

from cotejo.explain.logits import above_mean
from cotejo.explain.methods import METHODS, maps_by
from cotejo.train import predict_logits


def check_maps() -> None:
    """Check that maps are where a network looks, and add up to what it says."""
    images = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    classes = np.array([[0, 1], [2, 0]])
    for nested in (False, True):
        network = only_left(nested=nested)
        for method in METHODS:
            maps = maps_by(method, network, images, classes)
            assert maps.shape == (2, 2, 16, 16), method
            assert np.isfinite(maps).all(), method
            # Enlarging, kernels and the moving square reach a little beyond the middle.
            assert np.abs(maps[..., 12:]).sum() < 0.02 * np.abs(maps).sum(), (method, nested)
    grey = np.stack([np.full((16, 16, 3), value, np.uint8) for value in (0, 255)])
    logits = above_mean(predict_logits(network, np.concatenate([images, grey])))
    wanted = np.take_along_axis(logits[:2] - logits[2:].mean(axis=0), classes, axis=1)
    maps = maps_by("integrated-gradients", network, images, classes)
    near = 0.01 * np.maximum(np.abs(wanted), logits[:2].std(axis=1, keepdims=True))
    assert (np.abs(maps.sum(axis=(2, 3)) - wanted) <= near + 1e-5).all()


if __name__ == "__main__":
    check_maps()
