"""The sample drivers of `seed` and of the demo; their numbers are reserved for fiction."""

from core.drafts import AgentDraft

SAMPLE_DRIVERS = (
    AgentDraft("Driver One", "+447700900001", 1),
    AgentDraft("Driver Two", "+447700900002", 2),
    AgentDraft("Driver Three", "+447700900003", 3),
)
