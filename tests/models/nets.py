"""Networks as people write them, for the contract of networks of the user's own.

Nothing here knows Cotejo. The file is given to it as somebody's own.
"""

import keras
from keras import layers, ops


def notebook_one(image_shape, num_classes):
    """The first notebook's: an input shape in the first layer, a softmax, compiled."""
    model = keras.models.Sequential()
    model.add(keras.Input(shape=image_shape))
    model.add(layers.Conv2D(8, (3, 3), activation="relu", kernel_initializer="he_uniform"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.BatchNormalization())
    model.add(layers.Flatten())
    model.add(layers.Dense(16, activation="relu"))
    model.add(layers.Dropout(0.4))
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def notebook_two():
    """The second notebook's, which has its shapes inside."""
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(4, 3, activation="relu")])
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    model.add(layers.Activation("softmax"))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.8), "sparse_categorical_crossentropy")
    return model


def without_input(image_shape, num_classes):
    """A sequence of layers that is built by its first call."""
    return keras.Sequential(
        [layers.Conv2D(4, 3, strides=2), layers.ReLU(), layers.Flatten(), layers.Dense(num_classes)]
    )


def rescaled(input_shape, n_classes, filters=4):
    """It scales its pixels itself, and ends in a layer that is a softmax."""
    inputs = keras.Input(input_shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(filters, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Softmax()(layers.Dense(n_classes)(x)))


def normalised(image_shape, num_classes):
    """It normalises by statistics of the training images that nobody has told it yet."""
    inputs = keras.Input(image_shape)
    x = layers.Normalization()(inputs)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


def augmented(image_shape, num_classes):
    """It has augmentation inside, of pixels up to 255."""
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.RandomFlip("horizontal"),
            layers.RandomBrightness(0.2),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


def with_sigmoid(image_shape, num_classes):
    """One sigmoid a class."""
    inputs = keras.Input(image_shape)
    x = layers.Flatten()(inputs / 255.0)
    return keras.Model(inputs, layers.Dense(num_classes, activation="sigmoid")(x))


class Gain(layers.Layer):
    """A layer of one's own, which nobody registered."""

    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, shape):
        """Make the one weight."""
        self.gain = self.add_weight(shape=(), initializer=keras.initializers.Constant(self.start))

    def call(self, x):
        """Scale."""
        return x * self.gain


def own_layer(image_shape, num_classes):
    """Layers of one's own, and a lambda."""
    inputs = keras.Input(image_shape)
    x = layers.Lambda(lambda pixels: pixels / 255)(inputs)
    x = Gain(2.0)(layers.Conv2D(4, 3, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(num_classes)(layers.GlobalMaxPooling2D()(x)))


class Written(keras.Model):
    """A network written as a class, which says nothing of how it was made."""

    def __init__(self, num_classes, width=4):
        super().__init__()
        self.blocks = [layers.Conv2D(width, 3, activation="relu") for _ in range(2)]
        self.pool = layers.GlobalAveragePooling2D()
        self.out = layers.Dense(num_classes, activation="softmax")

    def call(self, x, training=False):
        """Return probabilities."""
        x = x / 255.0
        for block in self.blocks:
            x = block(x)
        return self.out(self.pool(x))


class WithoutEnd(keras.Model):
    """Its softmax is no layer, so that it can't be left out."""

    def __init__(self, classes):
        super().__init__()
        self.dense = layers.Dense(classes)

    def call(self, x):
        """Return probabilities."""
        return ops.softmax(self.dense(ops.mean(x, axis=(1, 2))))


def resnet(image_shape, num_classes, width=4):
    """A small ResNet."""
    inputs = keras.Input(image_shape)
    x = layers.Conv2D(width, 3, padding="same")(inputs)
    for stride in (1, 2):
        before = layers.Conv2D(width, 1, strides=stride)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Conv2D(width, 3, strides=stride, padding="same")(x)
        x = layers.Add()([x, before])
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


class Patches(layers.Layer):
    """Patches with learned positions."""

    def __init__(self, count, dim, **kwargs):
        super().__init__(**kwargs)
        self.count, self.dim = count, dim
        self.positions = layers.Embedding(count, dim)

    def call(self, x):
        """Add the positions."""
        return x + self.positions(ops.arange(self.count))

    def get_config(self):
        """Return the arguments."""
        return {**super().get_config(), "count": self.count, "dim": self.dim}


def transformer(image_shape, num_classes, dim=8):
    """A small vision transformer."""
    inputs = keras.Input(image_shape)
    x = layers.Rescaling(1 / 255)(inputs)
    x = layers.Conv2D(dim, 8, strides=8)(x)
    x = layers.Reshape((-1, dim))(x)
    x = Patches(x.shape[1], dim)(x)
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, dim // 2)(y, y)])
    x = layers.GlobalAveragePooling1D()(layers.Dense(dim, activation="gelu")(x))
    return keras.Model(inputs, layers.Dense(num_classes)(x))


def conv_mixer(image_shape, num_classes, dim=8):
    """A ConvMixer (Trockman and Kolter 2022), small."""
    inputs = keras.Input(image_shape)
    x = layers.Rescaling(scale=1.0 / 255)(inputs)
    x = layers.BatchNormalization()(layers.Activation("gelu")(layers.Conv2D(dim, 4, 4)(x)))
    before = x
    x = layers.DepthwiseConv2D(5, padding="same")(x)
    x = layers.Add()([layers.BatchNormalization()(layers.Activation("gelu")(x)), before])
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(dim, 1)(x))
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


def backbone(image_shape, num_classes):
    """A network of `keras.applications` inside a `Sequential`, frozen."""
    base = keras.applications.MobileNetV3Small(
        input_shape=image_shape, include_top=False, weights=None, pooling="avg"
    )
    base.trainable = False
    return keras.Sequential([base, layers.Dense(num_classes, activation="softmax")])


made_at_once = keras.Sequential(
    [keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")]
)
