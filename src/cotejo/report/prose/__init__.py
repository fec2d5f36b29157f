"""The report's prose: each module chooses sentences by what was found and fills in its numbers.

The sentences themselves are in ``locales/<language>/report.toml``.
"""
