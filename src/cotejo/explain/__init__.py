"""Which parts of an image an answer rests on: maps by three methods, laid over the picture.

`cotejo.explain.methods` finds a method by its name. Each of them takes a network, images and
classes, and returns one map per image and class, positive where the image speaks for the class.
Nothing is imported here, so that a map can be laid over its picture without a backend.
"""
