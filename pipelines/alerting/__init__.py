"""Alerting: events that a rule makes somebody's business become alerts that explain themselves."""

from pipelines.alerting.context import Context
from pipelines.alerting.provisional import provisional
from pipelines.alerting.raising import alerts_for
from pipelines.alerting.running import REMEMBERED_US, Calls, Running

__all__ = ["REMEMBERED_US", "Calls", "Context", "Running", "alerts_for", "provisional"]
