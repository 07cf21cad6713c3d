"""The words of the domain: frozen records, pure functions, and the ports."""
