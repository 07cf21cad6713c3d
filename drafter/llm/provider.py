"""A model's provider as the environment describes it: where its server is, and which variable holds its key.

Nothing here gives a key away; it says only whether there is one.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from drafter.llm.options import ModelOptions

#: The variables that each provider's LangChain package reads its key from. Others are told as "your provider's".
_KEY_VARIABLES = {
    "anthropic": "ANTHROPIC_API_KEY",
    "azure_openai": "AZURE_OPENAI_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "together": "TOGETHER_API_KEY",
    "xai": "XAI_API_KEY",
}
#: The variables that hold a provider's address; the first that is set holds.
_ADDRESS_VARIABLES = {
    "azure_openai": ("AZURE_OPENAI_ENDPOINT",),
    "ollama": ("OLLAMA_HOST",),
    "openai": ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
}
_OPENAI = "https://api.openai.com/v1"


def key_variable(options: ModelOptions) -> str | None:
    """Return the name of the environment variable that holds the key; None where it is not known."""
    return options.api_key_env or _KEY_VARIABLES.get(options.provider)


def has_key(options: ModelOptions) -> bool:
    """Whether the variable that holds the key is set to something."""
    variable = key_variable(options)
    return variable is not None and bool(os.environ.get(variable, "").strip())


def needs_key(options: ModelOptions) -> bool:
    """Whether the model cannot be asked without that variable; other providers may have other ways to sign in."""
    return options.api_key_env is not None or options.provider == "openai"


def address(options: ModelOptions) -> str | None:
    """Return the address of the model's server; None where only the provider's package knows it."""
    if options.base_url is not None:
        return options.base_url
    variables = _ADDRESS_VARIABLES.get(options.provider, ())
    found = next((os.environ[name] for name in variables if os.environ.get(name)), None)
    return found or (_OPENAI if options.provider == "openai" else None)


def address_setting(options: ModelOptions) -> str:
    """Return the name of the setting that says where the server is."""
    if options.base_url is not None:
        return f"base_url of {options.name} in DRAFTER_MODELS_FILE"
    variables = _ADDRESS_VARIABLES.get(options.provider, ())
    used = next((name for name in variables if os.environ.get(name)), None)
    return used or (variables[-1] if variables else f"base_url of {options.name} in DRAFTER_MODELS_FILE")


def host(options: ModelOptions) -> str:
    """Return the server's host and port, without a user or a password that the address may hold."""
    place = address(options)
    if place is None:
        return f"{options.provider}'s own address"
    parts = urlsplit(place if "//" in place else f"//{place}")
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # an address whose port is no number
        port = ""
    return f"{parts.hostname or 'an address without a host'}{port}"
