"""Notebooks for the tests of the review: written here, in the manner of students and teachers."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any


def text(source: str) -> dict[str, Any]:
    """Return a markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": dedent(source).strip("\n")}


def code(source: str, error: tuple[str, str] | None = None, ran: bool = True) -> dict[str, Any]:
    """Return a code cell, run unless it is said otherwise."""
    outputs = []
    if error is not None:
        name, reason = error
        outputs.append({"output_type": "error", "ename": name, "evalue": reason, "traceback": []})
    return {
        "cell_type": "code",
        "metadata": {},
        "source": dedent(source).strip("\n").splitlines(keepends=True),
        "execution_count": 1 if ran else None,
        "outputs": outputs,
    }


def write(path: Path, *cells: dict[str, Any]) -> Path:
    """Write a notebook of nbformat 4 and return its path; code cells are counted in order."""
    count = 0
    for cell in cells:
        if cell["cell_type"] == "code" and cell["execution_count"] is not None:
            count += 1
            cell["execution_count"] = count
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"language": "python", "name": "python3"}},
        "cells": list(cells),
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def first_original() -> list[dict[str, Any]]:
    """A notebook whose import fails and whose later cells were never run."""
    return [
        text("# Clasificación de imágenes con CIFAR-10\nSe comparan una red densa y una CNN."),
        code(
            """
            import numpy as np
            from keras.datasets import cifar10
            from keras.models import Sequential
            from keras.layers import Dense, Flatten, Conv2D, MaxPooling2D, Dropout
            from keras.utils import np_utils
            """,
            error=("ImportError", "cannot import name 'np_utils' from 'keras.utils'"),
        ),
        code(
            """
            (x_train, y_train), (x_test, y_test) = cifar10.load_data()
            x_train, x_test = x_train / 255.0, x_test / 255.0
            y_train = np_utils.to_categorical(y_train, 10)
            y_test = np_utils.to_categorical(y_test, 10)
            """,
            ran=False,
        ),
        text("## Red densa"),
        code(
            """
            mlp = Sequential()
            mlp.add(Flatten(input_shape=(32, 32, 3)))
            mlp.add(Dense(512, activation='relu'))
            mlp.add(Dense(10, activation='softmax'))
            mlp.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
            mlp.fit(x_train, y_train, epochs=10, batch_size=64, validation_split=0.1)
            """,
            ran=False,
        ),
        text("## Red convolucional"),
        code(
            """
            cnn = Sequential()
            cnn.add(Conv2D(32, (3, 3), activation='relu', input_shape=(32, 32, 3)))
            cnn.add(MaxPooling2D((2, 2)))
            cnn.add(Dropout(0.25))
            cnn.add(Flatten())
            cnn.add(Dense(10, activation='softmax'))
            cnn.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
            cnn.fit(x_train, y_train, epochs=15, batch_size=64, validation_split=0.1)
            """,
            ran=False,
        ),
        text("## Aumento de datos"),
        code(
            """
            datagen = ImageDataGenerator(rotation_range=15, width_shift_range=0.1,
                                         height_shift_range=0.1, horizontal_flip=True)
            datagen.fit(x_train)
            cnn.evaluate(x_test, y_test)
            """,
            ran=False,
        ),
        text(
            """
            ## Conclusiones
            - La red convolucional supera a la red densa en exactitud.
            - El dropout reduce el sobreajuste de la CNN.
            - El aumento de datos mejora la generalización del modelo.
            """
        ),
    ]


def second_original() -> list[dict[str, Any]]:
    """A notebook with a stray layer, early stopping on the test set, and ten conclusions."""
    return [
        text(
            """
            # CNN para CIFAR-10
            En este cuaderno se entrena una red convolucional para clasificar las imágenes.
            """
        ),
        code(
            """
            %matplotlib inline
            import tensorflow as tf
            from tensorflow import keras
            from tensorflow.keras import layers
            from tensorflow.keras.callbacks import EarlyStopping
            from tensorflow.keras.preprocessing.image import ImageDataGenerator
            import matplotlib.pyplot as plt

            (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
            x_train = x_train.astype('float32') / 255
            x_test = x_test.astype('float32') / 255
            y_train = keras.utils.to_categorical(y_train, 10)
            y_test = keras.utils.to_categorical(y_test, 10)
            """
        ),
        text("## Inicialización He\nLa inicialización He se adapta a ReLU."),
        code("capa = layers.Conv2D(32, (3, 3), activation='relu', kernel_initializer='he_normal')"),
        text("## El modelo"),
        code(
            """
            model = keras.Sequential([
                layers.Conv2D(32, (3, 3), activation='relu', input_shape=(32, 32, 3)),
                layers.MaxPooling2D((2, 2)),
                layers.Conv2D(64, (3, 3), activation='relu'),
                layers.MaxPooling2D((2, 2)),
                layers.Conv2D(64, (3, 3), activation='relu'),
                layers.Flatten(),
                layers.Dense(64, activation='relu'),
                layers.Dense(10, activation='softmax'),
            ])
            model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
            """
        ),
        code(
            """
            datagen = ImageDataGenerator(rotation_range=15, width_shift_range=0.1,
                                         height_shift_range=0.1, horizontal_flip=True)
            history = model.fit(datagen.flow(x_train, y_train, batch_size=64), epochs=10,
                                validation_data=(x_test, y_test))
            """
        ),
        text("## Parada temprana"),
        code(
            """
            early_stop = EarlyStopping(monitor='val_loss', patience=3, restore_best_weights=True)
            history2 = model.fit(datagen.flow(x_train, y_train, batch_size=64), epochs=20,
                                 validation_data=(x_test, y_test), callbacks=[early_stop])
            """
        ),
        code(
            """
            plt.plot(history2.history['accuracy'])
            plt.plot(history2.history['val_accuracy'])
            test_loss, test_acc = model.evaluate(x_test, y_test)
            print(test_acc)
            """
        ),
        text("## Otro optimizador"),
        code(
            """
            model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
                          loss='categorical_crossentropy', metrics=['accuracy'])
            """
        ),
        text(
            """
            ## Conclusiones
            1. El aumento de datos mejora la exactitud en 8,7 puntos.
            2. Tres capas convolucionales son mejores que dos.
            3. Los filtros mayores de 3×3 no aportan nada significativo.
            4. La inicialización He converge más rápido que Glorot.
            5. Cinco épocas son insuficientes para la red.
            6. Adam es más rápido que SGD.
            7. El tamaño de lote 64 es el mejor.
            8. La parada temprana evita el sobreajuste.
            9. El dropout ayuda a generalizar.
            10. La normalización por lotes acelera el entrenamiento de la red.
            """
        ),
    ]


_KERAS = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
"""


def _setup(extra: str = "") -> dict[str, Any]:
    return code(
        _KERAS
        + """
(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
"""
        + extra
    )


def sound() -> dict[str, list[dict[str, Any]]]:
    """Notebooks in which there is nothing to find, by a few words for each."""
    return {
        "sequential_split_es": [
            text("# Una red para CIFAR-10\nLa validación se toma del conjunto de entrenamiento."),
            _setup(),
            code(
                """
                keras.utils.set_random_seed(1)
                model = keras.Sequential()
                model.add(keras.Input(shape=(32, 32, 3)))
                model.add(layers.Conv2D(32, 3, activation='relu'))
                model.add(layers.MaxPooling2D())
                model.add(layers.Flatten())
                model.add(layers.Dense(10))
                model.compile(
                    optimizer='adam',
                    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                    metrics=['accuracy'],
                )
                stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
                history = model.fit(x_train, y_train, epochs=20, validation_split=0.1,
                                    callbacks=[stop])
                """
            ),
            code("loss, accuracy = model.evaluate(x_test, y_test)\nprint(f'{accuracy:.3f}')"),
            text(
                """
                ## Conclusiones
                La red alcanza un 68 % en prueba. Con una sola semilla no se puede decir si el
                dropout ayudaría. La exactitud en entrenamiento es más alta que en validación.
                """
            ),
        ],
        "functional_en": [
            text("# A functional network\nThe validation images are the last of the training set."),
            _setup(),
            code(
                """
                x_val, y_val = x_train[45000:], y_train[45000:]
                x_train, y_train = x_train[:45000], y_train[:45000]

                def build(width=32, dropout=0.0):
                    inputs = keras.Input(shape=(32, 32, 3))
                    x = layers.Conv2D(width, 3, activation='relu')(inputs)
                    x = layers.GlobalAveragePooling2D()(x)
                    if dropout:
                        x = layers.Dropout(dropout)(x)
                    outputs = layers.Dense(10, activation='softmax')(x)
                    return keras.Model(inputs, outputs)
                """
            ),
            code(
                """
                results = {}
                for rate in [0.0, 0.3]:
                    scores = []
                    for seed in range(3):
                        keras.utils.set_random_seed(seed)
                        model = build(dropout=rate)
                        model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
                        model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=5)
                        scores.append(model.evaluate(x_val, y_val, verbose=0)[1])
                    results[rate] = np.mean(scores)
                best = max(results, key=results.get)
                """
            ),
            code(
                """
                final = build(dropout=best)
                final.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
                final.fit(x_train, y_train, epochs=5)
                print(final.evaluate(x_test, y_test))
                """
            ),
            text("## Conclusion\nDropout is better than none by 0.8 points over three runs."),
        ],
        "tf_data_en": [
            text("# Flowers with tf.data"),
            code(
                _KERAS
                + """
train_ds = keras.utils.image_dataset_from_directory(
    'flowers', validation_split=0.2, subset='training', seed=1, image_size=(96, 96))
val_ds = keras.utils.image_dataset_from_directory(
    'flowers', validation_split=0.2, subset='validation', seed=1, image_size=(96, 96))
augment = keras.Sequential([layers.RandomFlip('horizontal'), layers.RandomRotation(0.05)])
train_ds = train_ds.map(lambda x, y: (augment(x, training=True), y)).prefetch(tf.data.AUTOTUNE)
val_ds = val_ds.cache().prefetch(tf.data.AUTOTUNE)
"""
            ),
            code(
                """
                model = keras.Sequential([
                    layers.Rescaling(1 / 255, input_shape=(96, 96, 3)),
                    layers.Conv2D(16, 3, activation='relu'),
                    layers.MaxPooling2D(),
                    layers.Flatten(),
                    layers.Dense(5, activation='softmax'),
                ])
                model.compile(optimizer='adam', loss='sparse_categorical_crossentropy',
                              metrics=['accuracy'])
                history = model.fit(train_ds, validation_data=val_ds, epochs=10)
                """
            ),
            text("The network reaches 72% on the validation images."),
        ],
        "generators_es": [
            text("# Perros y gatos\nCon dos generadores: el de validación solo escala."),
            code(
                """
                from tensorflow.keras.preprocessing.image import ImageDataGenerator
                from tensorflow.keras import layers, models

                train_gen = ImageDataGenerator(rescale=1./255, rotation_range=20,
                                               horizontal_flip=True)
                plain_gen = ImageDataGenerator(rescale=1./255)
                train = train_gen.flow_from_directory('datos/train', target_size=(64, 64))
                valid = plain_gen.flow_from_directory('datos/validation', target_size=(64, 64))
                test = plain_gen.flow_from_directory('datos/test', target_size=(64, 64),
                                                     shuffle=False)
                """
            ),
            code(
                """
                modelo = models.Sequential([
                    layers.Conv2D(32, (3, 3), activation='relu', input_shape=(64, 64, 3)),
                    layers.MaxPooling2D(2, 2),
                    layers.Flatten(),
                    layers.Dense(2, activation='softmax'),
                ])
                modelo.compile(loss='categorical_crossentropy', optimizer='rmsprop',
                               metrics=['accuracy'])
                modelo.fit(train, epochs=15, validation_data=valid)
                modelo.evaluate(test)
                """
            ),
        ],
        "sklearn_split_es": [
            text("# Dígitos con una red densa"),
            code(
                """
                from sklearn.datasets import load_digits
                from sklearn.model_selection import train_test_split
                from sklearn.metrics import accuracy_score, confusion_matrix
                from tensorflow import keras
                import numpy as np

                digits = load_digits()
                X, y = digits.data / 16.0, digits.target
                X_temp, X_test, y_temp, y_test = train_test_split(X, y, test_size=0.2,
                                                                  random_state=0)
                X_train, X_val, y_train, y_val = train_test_split(X_temp, y_temp, test_size=0.2)
                """
            ),
            code(
                """
                red = keras.Sequential([
                    keras.layers.Dense(64, activation='relu', input_shape=(64,)),
                    keras.layers.Dense(10, activation='softmax'),
                ])
                red.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
                red.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=30, batch_size=16)
                """
            ),
            code(
                """
                pred = np.argmax(red.predict(X_test), axis=1)
                print(accuracy_score(y_test, pred))
                print(confusion_matrix(y_test, pred))
                """
            ),
            text("El modelo acierta el 97 % de los dígitos de prueba."),
        ],
        "kfold_en": [
            text("# Five folds"),
            code(
                _KERAS
                + """
from sklearn.model_selection import StratifiedKFold
x = np.load('x.npy')
y = np.load('y.npy')

def make_model():
    model = keras.Sequential([
        layers.Conv2D(8, 3, activation='relu', input_shape=(28, 28, 1)),
        layers.Flatten(),
        layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model

accuracies = []
for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(x, y):
    model = make_model()
    model.fit(x[train], y[train], epochs=5, verbose=0)
    accuracies.append(model.evaluate(x[test], y[test], verbose=0)[1])
print(np.mean(accuracies), np.std(accuracies))
"""
            ),
            text(
                "## Results\nThe network with one convolution is better than chance in all folds."
            ),
        ],
        "transfer_en": [
            text("# Transfer learning, then fine-tuning"),
            _setup("x_val, y_val = x_train[:5000], y_train[:5000]\n"),
            code(
                """
                base = keras.applications.MobileNetV2(include_top=False, weights='imagenet',
                                                      input_shape=(96, 96, 3))
                base.trainable = False
                inputs = keras.Input((32, 32, 3))
                x = layers.Resizing(96, 96)(inputs)
                x = base(x, training=False)
                x = layers.GlobalAveragePooling2D()(x)
                outputs = layers.Dense(10, activation='softmax')(x)
                model = keras.Model(inputs, outputs)
                model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
                model.fit(x_train[5000:], y_train[5000:], epochs=3,
                          validation_data=(x_val, y_val))
                """
            ),
            text("Now the last layers of the backbone are unfrozen, with a lower learning rate."),
            code(
                """
                base.trainable = True
                model.compile(keras.optimizers.Adam(1e-5), 'sparse_categorical_crossentropy',
                              ['accuracy'])
                model.fit(x_train[5000:], y_train[5000:], epochs=3,
                          validation_data=(x_val, y_val))
                model.evaluate(x_test, y_test)
                """
            ),
        ],
        "augmentation_inside_es": [
            text("# El aumento de datos, dentro de la red\nSolo actúa al entrenar."),
            _setup(),
            code(
                """
                aumento = keras.Sequential([
                    layers.RandomFlip('horizontal'),
                    layers.RandomTranslation(0.1, 0.1),
                ], name='aumento')
                modelo = keras.Sequential([
                    keras.Input((32, 32, 3)),
                    aumento,
                    layers.Conv2D(32, 3, activation='relu', kernel_initializer='he_normal'),
                    layers.BatchNormalization(),
                    layers.Flatten(),
                    layers.Dense(10, activation='softmax'),
                ])
                modelo.compile(optimizer='sgd', loss='sparse_categorical_crossentropy',
                               metrics=['accuracy'])
                modelo.summary()
                modelo.fit(x_train, y_train, epochs=10, batch_size=128, validation_split=0.2)
                modelo.evaluate(x_test, y_test)
                """
            ),
        ],
        "going_on_es": [
            text("# Entrenamiento en dos fases"),
            _setup(),
            code(
                """
                red = keras.Sequential([
                    layers.Flatten(input_shape=(32, 32, 3)),
                    layers.Dense(10, activation='softmax'),
                ])
                red.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
                red.fit(x_train, y_train, epochs=5, validation_split=0.1)
                """
            ),
            text("Se sigue entrenando la misma red otras cinco épocas, con continuidad."),
            code(
                """
                red.fit(x_train, y_train, epochs=10, initial_epoch=5, validation_split=0.1)
                red.save('red.keras')
                otra = keras.models.load_model('red.keras')
                otra.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
                otra.evaluate(x_test, y_test)
                """
            ),
        ],
        "custom_loop_en": [
            text("# A training loop of one's own"),
            _setup(),
            code(
                """
                class Net(keras.Model):
                    def __init__(self):
                        super().__init__()
                        self.flatten = layers.Flatten()
                        self.dense = layers.Dense(10)

                    def call(self, x):
                        return self.dense(self.flatten(x))

                net = Net()
                optimizer = keras.optimizers.Adam()
                loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
                train = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(64)
                for epoch in range(3):
                    for x, y in train:
                        with tf.GradientTape() as tape:
                            loss = loss_fn(y, net(x, training=True))
                        grads = tape.gradient(loss, net.trainable_variables)
                        optimizer.apply_gradients(zip(grads, net.trainable_variables))
                """
            ),
        ],
        "halves_of_test_en": [
            text("# Half of the test images validate, the other half is the test"),
            _setup(
                """
x_val, y_val = x_test[:5000], y_test[:5000]
x_test, y_test = x_test[5000:], y_test[5000:]
"""
            ),
            code(
                """
                model = keras.Sequential([layers.Flatten(input_shape=(32, 32, 3)),
                                          layers.Dense(10, activation='softmax')])
                model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
                best = keras.callbacks.ModelCheckpoint('best.keras', save_best_only=True)
                model.fit(x_train, y_train, epochs=5, validation_data=(x_val, y_val),
                          callbacks=[best])
                model.load_weights('best.keras')
                print('test', model.evaluate(x_test, y_test))
                """
            ),
        ],
        "two_networks_modest_es": [
            text("# Dos redes\nSe comparan en validación; el conjunto de prueba se lee una vez."),
            _setup(),
            code(
                """
                def densa():
                    return keras.Sequential([layers.Flatten(input_shape=(32, 32, 3)),
                                             layers.Dense(10, activation='softmax')])

                def conv():
                    return keras.Sequential([layers.Conv2D(8, 3, input_shape=(32, 32, 3)),
                                             layers.Flatten(),
                                             layers.Dense(10, activation='softmax')])

                valid = {}
                redes = {}
                for nombre, crear in {'densa': densa, 'conv': conv}.items():
                    red = crear()
                    red.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
                    h = red.fit(x_train, y_train, epochs=3, validation_split=0.2)
                    valid[nombre] = h.history['val_accuracy'][-1]
                    redes[nombre] = red
                mejor = max(valid, key=valid.get)
                print(redes[mejor].evaluate(x_test, y_test))
                """
            ),
            text(
                """
                ## Conclusiones
                En validación, la red convolucional parece mejor que la densa, pero cada una se
                entrenó con una sola semilla.
                """
            ),
        ],
        "never_run_en": [
            text("# A template\nNothing here was run: the outputs were cleared."),
            code("import keras\nfrom keras import layers", ran=False),
            code(
                """
                (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
                model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(),
                                          layers.Dense(10, activation='softmax')])
                model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
                model.fit(x_train / 255, y_train, validation_split=0.1, epochs=5)
                model.evaluate(x_test / 255, y_test)
                """,
                ran=False,
            ),
        ],
    }
