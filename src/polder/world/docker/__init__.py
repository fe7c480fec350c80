"""The container engine: Docker Swarm over its Engine API (``http``), its in-memory twin (``memory``), one operator at a
time (``lock``). Everything else here is a part of ``http`` and read on its own: ``address`` -> ``dial`` -> ``wire`` carry
bytes, ``look``, ``do``, ``images``, ``logs`` and ``rollout`` give them meaning."""
