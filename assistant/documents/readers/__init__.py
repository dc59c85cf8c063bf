"""One file for each format. Each has ``read(data, name)``, which gives a document or raises ``AssistantError``."""
