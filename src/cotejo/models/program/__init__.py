"""A network as the program that somebody would write to build it in Keras.

The program is read, copied into a notebook, and changed there. It says of each layer only what
differs from Keras's defaults. A network that holds anything but Keras's own layers and operations
has none: its own code says what it is.
"""

from cotejo.models.program.writing import program

__all__ = ["program"]
