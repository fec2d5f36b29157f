"""Trained models and studies over HTTP: an API for programs, and pages for people.

Who does what: ``server`` opens the port and runs; ``app`` puts the parts together; ``security``
decides which requests are heard at all; ``uploads`` reads pictures within the ``limits``;
``batching`` has one thread run the networks on what all clients asked; ``api`` answers programs;
``pages`` answers browsers; ``studies`` reads the folders of studies; ``collecting`` keeps
corrections. It needs the extra ``serve``, and Keras only for a model that is Keras's.
"""

from __future__ import annotations
