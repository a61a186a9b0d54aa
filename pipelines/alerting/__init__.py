"""Alerting: events that a rule makes somebody's business become alerts that explain themselves."""

from pipelines.alerting.context import Context, Running
from pipelines.alerting.provisional import provisional
from pipelines.alerting.raising import alerts_for

__all__ = ["Context", "Running", "alerts_for", "provisional"]
