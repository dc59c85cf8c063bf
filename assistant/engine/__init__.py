"""Prompts in, text out. Each loaded model lives in a child process of its own."""
