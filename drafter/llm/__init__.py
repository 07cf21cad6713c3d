"""The only place that knows LangChain and a model's provider."""
