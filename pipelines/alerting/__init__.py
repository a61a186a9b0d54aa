"""Alerting: events that a rule makes somebody's business become alerts that explain themselves."""

from pipelines.alerting.context import Context
from pipelines.alerting.provisional import provisional
from pipelines.alerting.raising import alerts_for
from pipelines.alerting.running import Calls, Running

__all__ = ["Calls", "Context", "Running", "alerts_for", "provisional"]
