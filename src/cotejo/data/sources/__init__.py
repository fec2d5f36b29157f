"""The data sets that ship: one module for each, with its `cotejo.data.registry.Source`.

A new data set is one module here that offers ``SOURCE``, and a table of words in
``locales/<language>/datasets.toml``.
"""
