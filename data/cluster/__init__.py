"""The private PostGIS, and what we ask of any PostGIS.

lifecycle.py  Cluster: up, status, down, destroy, url
programs.py   which of the installed server programs
account.py    whom the server runs as, who may talk to it, and running a program as that user
layout.py     where the files and the socket lie, and the server's configuration
processes.py  which server processes are alive (a postmaster killed with -9 may stay as a zombie)
server.py     check_server: version, PostGIS, encoding, locale
"""

from __future__ import annotations

from data.cluster.lifecycle import Cluster, Status
from data.cluster.server import check_server

__all__ = ["Cluster", "Status", "check_server"]
