"""What is done with summaries and with questions about a document."""
