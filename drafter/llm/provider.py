"""A model's provider as the environment describes it: where its server is, and which variable holds its key.

Nothing here gives a key away; it says only whether there is one.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from drafter.llm.options import ModelOptions

#: The variables that each provider's LangChain package reads its key from. Others are told as "your provider's".
_KEY_VARIABLES = {
    "anthropic": "ANTHROPIC_API_KEY",
    "azure_openai": "AZURE_OPENAI_API_KEY",
    "bedrock_converse": "AWS_ACCESS_KEY_ID",
    "deepseek": "DEEPSEEK_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "together": "TOGETHER_API_KEY",
    "xai": "XAI_API_KEY",
}
#: Providers that cannot be asked without a key, with the variables by which some of them are signed in to otherwise.
_OTHER_WAYS_IN: dict[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_AUTH_TOKEN",),
    "azure_openai": ("AZURE_OPENAI_AD_TOKEN", "OPENAI_API_KEY"),
    "google_genai": ("GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"),
    "groq": (),
    "mistralai": (),
    "openai": (),
    "openrouter": (),
}
#: The extra of this package that brings each provider's own package.
_EXTRAS = {
    "anthropic": "anthropic",
    "bedrock_converse": "aws",
    "google_genai": "google",
    "groq": "groq",
    "ollama": "ollama",
    "openrouter": "openrouter",
}
#: The variables that hold a provider's address; the first that is set holds.
_ADDRESS_VARIABLES = {
    "anthropic": ("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"),
    "azure_openai": ("AZURE_OPENAI_ENDPOINT",),
    "google_genai": ("GOOGLE_GEMINI_BASE_URL",),
    "ollama": ("OLLAMA_HOST",),
    "openai": ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
}
_OPENAI = "https://api.openai.com/v1"
AZURE = "azure_openai"
AZURE_VERSION = "OPENAI_API_VERSION"  # of Azure's API; the variable belongs to its package
#: What an address looks like whose server does not know the path.
_FORMS = {
    "anthropic": "which has no path of its own",
    AZURE: f"which is https://NAME.openai.azure.com without a path, and at {AZURE_VERSION}",
    "google_genai": "which has no path of its own",
    "ollama": "which has no path of its own",
}


def messages(options: ModelOptions, system: str, user: str) -> list[BaseMessage]:
    """Return a question as messages, first the instructions, which are the same for all reviews and can be cached.

    Most providers keep a long beginning that they have met before by themselves. Anthropic keeps what is marked:
    https://docs.claude.com/en/docs/build-with-claude/prompt-caching (2026-11-23).
    """
    if options.provider != "anthropic":
        return [SystemMessage(system), HumanMessage(user)]
    marked = {"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}
    return [SystemMessage([marked]), HumanMessage(user)]


def key_variable(options: ModelOptions) -> str | None:
    """Return the name of the environment variable that holds the key; None where it is not known."""
    return options.api_key_env or _KEY_VARIABLES.get(options.provider)


def has_key(options: ModelOptions) -> bool:
    """Whether the variable that holds the key is set to something."""
    variable = key_variable(options)
    return variable is not None and bool(os.environ.get(variable, "").strip())


def needs_key(options: ModelOptions) -> bool:
    """Whether the model cannot be asked without that variable, since no other way to sign in is there."""
    if options.api_key_env is not None:
        return True
    others = _OTHER_WAYS_IN.get(options.provider)
    return others is not None and not any(os.environ.get(name, "").strip() for name in others)


def package(options: ModelOptions) -> str:
    """Return what pip is to install for the model's provider."""
    extra = _EXTRAS.get(options.provider)
    return f"'drafter[{extra}]'" if extra else f"langchain-{options.provider.replace('_', '-')}"


def lacking(options: ModelOptions) -> str:
    """Return a variable that the provider needs besides its key and that is not set; empty where none is lacking."""
    if options.provider != AZURE:
        return ""
    named = {
        "AZURE_OPENAI_ENDPOINT": address(options),
        AZURE_VERSION: options.api_version or os.environ.get(AZURE_VERSION),
    }
    return next((name for name, value in named.items() if not value), "")


def address_form(options: ModelOptions) -> str:
    """Return in words what the address of a server of that provider looks like."""
    return _FORMS.get(options.provider, "which mostly ends in /v1")


def model_word(options: ModelOptions) -> str:
    """Return what the provider calls what the model's name names."""
    return "deployment" if options.provider == AZURE else "model"


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
