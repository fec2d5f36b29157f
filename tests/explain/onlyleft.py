"""A network that looks only at the left half of its images, in Keras alone."""

from cotejo.backend import keras


def only_left(side: int = 16, *, nested: bool = False, softmax: bool = False) -> keras.Model:
    """Return a network of random weights whose features of the right half are all 0."""
    layers = keras.layers
    keras.utils.set_random_seed(3)
    half = side // 2

    def features(x):
        x = layers.Cropping2D(((0, 0), (0, half)))(x)
        x = layers.ZeroPadding2D(((0, 0), (0, half)))(x)
        x = layers.Rescaling(1 / 255)(x)
        x = layers.Conv2D(6, 3, padding="same", activation="relu", use_bias=False)(x)
        x = layers.Conv2D(8, 3, padding="same", use_bias=False)(x)
        return layers.Activation("relu")(x)

    pixels = keras.Input((side, side, 3), name="pixels")
    if nested:
        inner = keras.Input((side, side, 3))
        x = keras.Model(inner, features(inner), name="backbone")(pixels)
    else:
        x = features(pixels)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(3, name="logits")(x)
    return keras.Model(pixels, layers.Softmax()(x) if softmax else x)
