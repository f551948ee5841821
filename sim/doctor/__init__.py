"""What `sim doctor` looks at: the house (database, files, weights) and the endpoint, tried for real."""

from sim.doctor.finding import Finding, State

__all__ = ["Finding", "State"]
