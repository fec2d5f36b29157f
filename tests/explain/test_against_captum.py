"""Grad-CAM and integrated gradients give what Captum gives for the same weights.

They run where Captum is installed and Keras computes on PyTorch:
``KERAS_BACKEND=torch pytest tests/explain/test_against_captum.py``.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from onlyleft import only_left

from cotejo.backend import keras, ops
from cotejo.explain import grad_cam
from cotejo.explain.integrated_gradients import integrated_gradients_maps

if keras.config.backend() != "torch":
    pytest.skip("Captum needs Keras on PyTorch", allow_module_level=True)
attribution = pytest.importorskip("captum.attr")
torch = import_module("torch")


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)


@pytest.fixture
def network():
    """The network whose logits are above their mean already, as they are explained here."""
    plain = only_left()
    kernel, bias = plain.layers[-1].get_weights()
    kernel -= kernel.mean(axis=1, keepdims=True)
    plain.layers[-1].set_weights([kernel, bias - bias.mean()])
    return plain


def test_integrated_gradients(network, images):
    classes = np.array([2, 0])
    ours = integrated_gradients_maps(network, images, classes[:, np.newaxis])[:, 0]
    pixels = torch.tensor(images.astype(np.float32))
    method = attribution.IntegratedGradients(lambda batch: network(batch, training=False))
    theirs = [
        method.attribute(
            pixels,
            baselines=torch.full_like(pixels, grey),
            target=torch.tensor(classes),
            n_steps=512,
            method="riemann_middle",
        )
        for grey in (0, 255)
    ]
    mean = torch.stack(theirs).mean(dim=0).sum(dim=-1).detach().numpy()
    largest = np.abs(mean).max()
    np.testing.assert_allclose(ours, mean, atol=0.02 * largest)


def test_grad_cam(network, images, monkeypatch):
    classes = np.array([2, 0])
    monkeypatch.setattr(grad_cam, "_enlarged", lambda coarse, size: coarse)
    ours = grad_cam.grad_cam_maps(network, images, classes[:, np.newaxis])[:, 0]
    activation = next(each for each in reversed(network.layers) if "activation" in each.name)
    first = keras.Model(network.inputs[0], activation.output)
    second = keras.Model(activation.output, network.output)

    class ChannelsFirst(torch.nn.Module):
        """The same network, with a place where its feature map is as Captum wants it."""

        def __init__(self):
            super().__init__()
            self.features = torch.nn.Identity()

        def forward(self, pixels):
            features = self.features(first(pixels, training=False).permute(0, 3, 1, 2))
            return second(features.permute(0, 2, 3, 1), training=False)

    module = ChannelsFirst()
    method = attribution.LayerGradCam(module, module.features)
    theirs = method.attribute(
        torch.tensor(images.astype(np.float32)),
        target=torch.tensor(classes),
        relu_attributions=True,
    )
    wanted = theirs[:, 0].detach().cpu().numpy()
    assert wanted.max() > 0
    np.testing.assert_allclose(ours, wanted, rtol=1e-3, atol=1e-5)
    assert ops.convert_to_numpy(network(images)).shape == (2, 3)
