"""A network as the calls of its layers, in the order of a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cotejo.backend import keras

__all__ = ["Call", "Graph", "Unsayable", "graph_of"]

_MOST = 400
"""Of how many layers a program is written at most: a longer one is read by nobody."""

_SAME = ("Cast", "ConvertToTensor")
"""Operations that Keras itself puts in, and that change nothing of what float32 computes."""


class Unsayable(Exception):  # noqa: N818
    """Something of a network that no program of Keras's own layers says."""


@dataclass
class Call:
    """One call of a layer or an operation.

    Attributes:
        operation: what is called.
        node: Keras's record of the call.
        name: the variable that its result is given.
    """

    operation: Any
    node: Any
    name: str = "x"


@dataclass
class Graph:
    """The calls of a network in the order of a program.

    Attributes:
        source: the network's input.
        output: its output.
        calls: all others, each after those that it needs.
        same: the tensor for which another stands that is the same, by the other's id.
        names: the variable of each tensor, by the tensor's id.
    """

    source: Any
    output: Any
    calls: list[Call]
    same: dict[int, Any] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def sources(self, call: Call) -> list[int]:
        """Return the ids of the tensors that are called with."""
        return [id(self.resolved(tensor)) for tensor in call.node.input_tensors]

    def resolved(self, tensor: Any) -> Any:
        """Return the tensor for which another stands."""
        while id(tensor) in self.same:
            tensor = self.same[id(tensor)]
        return tensor

    def name(self, tensor: Any, name: str) -> None:
        """Give a tensor, and those that are the same, its variable."""
        self.names[id(tensor)] = name
        for other in self.same:
            if self.resolved(self.same[other]) is tensor:
                self.names[other] = name


def graph_of(network: keras.Model) -> Graph:
    """Return a network's calls.

    Raises:
        Unsayable: it is no graph of calls, has several ends, or is too long.
    """
    try:
        (source,), (output,) = network.inputs, network.outputs
    except (AttributeError, TypeError, ValueError) as error:
        raise Unsayable from error
    graph = Graph(source, output, [])
    done, waiting = {id(source)}, [output]
    while waiting:
        tensor = waiting[-1]
        if id(tensor) in done:
            waiting.pop()
            continue
        history = tensor._keras_history
        node = history.operation._inbound_nodes[history.node_index]
        missing = [each for each in node.input_tensors if id(each) not in done]
        if missing:
            # The first argument's way comes first.
            waiting.extend(reversed(missing))
            continue
        if len(node.output_tensors) != 1 or not node.input_tensors or len(graph.calls) == _MOST:
            raise Unsayable
        done.add(id(tensor))
        if type(history.operation).__name__ in _SAME:
            graph.same[id(tensor)] = node.input_tensors[0]
        else:
            graph.calls.append(Call(history.operation, node))
    graph.output = graph.resolved(output)
    return graph
