"""What hangs together is what SciPy says, in its numbering."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.partition.problem import components


@given(size=st.integers(1, 12), data=st.data())
def test_components_are_scipys(size: int, data: st.DataObject) -> None:
    nodes = st.integers(0, size - 1)
    links = data.draw(st.lists(st.tuples(nodes, nodes), max_size=15))
    pairs = np.array(links, dtype=np.intp).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    expected = connected_components(graph, directed=False)[1]
    assert components(size, pairs).tolist() == expected.tolist()
