"""The lab: real Debian hosts of several made-up providers on one machine, to rehearse disasters on (see docs/training)."""
