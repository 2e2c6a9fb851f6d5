"""What an operator sets through the environment; built once, frozen, passed down.

docs/settings.md documents each field; tests/core/test_settings.py holds the two equal.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.addresses import networks

PROJECT_ROOT = Path(__file__).resolve().parent.parent
LOGS_KEPT_DAYS = 183
"""Six months."""
SECRET_KEY_SHORTEST = 32


def _split(given: str) -> list[str]:
    return [part.strip() for part in given.split(",") if part.strip()]


class Settings(BaseSettings):
    """The operator's numbers. Environment variables carry the prefix WANGGE_."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="postgresql://wangge:wangge@127.0.0.1:5432/wangge",
        validation_alias=AliasChoices("WANGGE_DATABASE_URL", "DATABASE_URL"),
        description="libpq URL of a PostgreSQL 15+ database with PostGIS 3.3+.",
    )
    database_pool_size: int = Field(default=10, ge=1, description="Connections a process holds for requests.")
    training: bool = Field(
        default=False,
        description="Training: only a database marked for it is used, all pages say so, nothing is sent outward.",
    )
    cache_dir: Path = Field(
        default=PROJECT_ROOT / ".wangge" / "cache",
        description="Folder for point-location indexes of releases; may be deleted at any time.",
    )
    web_dist: Path = Field(default=PROJECT_ROOT / "web" / "dist", description="Folder of the built console.")
    state_dir: Path = Field(
        default=PROJECT_ROOT / ".wangge",
        description="Folder where the demonstration keeps its API keys, its log and its maps.",
    )
    attachments_url: str = Field(
        default="",
        pattern=r"^(s3://[^\s?#]+)?$",
        description="Bucket for photos and recordings (s3://bucket/prefix); empty: a folder.",
    )
    attachments_dir: Path = Field(
        default=PROJECT_ROOT / ".wangge" / "attachments",
        description="Folder for photos and recordings where no bucket is named; every process reads and writes it.",
    )
    virus_scanner: str = Field(
        default="",
        pattern=r"^((tcp://)?[^\s:/]+:\d{1,5}|unix:/\S+)?$",
        description="clamd that looks through every file (tcp://host:3310 or unix:/path); empty: none.",
    )
    default_layer: str = Field(default="admin", description="Layer that answers when a request names none.")
    release_lead_s: float = Field(
        default=2.0,
        ge=1.5,
        description="Seconds between publication and effect, so that all processes have loaded.",
    )
    release_poll_s: float = Field(default=1.0, gt=0, description="Seconds between two looks for a new gazetteer.")
    max_points_per_call: int = Field(default=100_000, ge=1, description="Points POST /v1/assignments takes a call.")
    max_reports_per_call: int = Field(default=10_000, ge=1, description="Rows POST /v1/reports/batch takes a call.")
    reports_read_per_minute: int = Field(
        default=60_000, ge=1000, description="Reports that one key may read a minute, over all processes."
    )
    max_body_bytes: int = Field(default=64 * 2**20, ge=1024, description="Largest request body, in bytes.")
    statement_longest_s: float = Field(
        default=60.0, gt=0, description="Seconds that one statement of a request may take in the database."
    )
    query_longest_s: float = Field(
        default=5.0, gt=0, description="Seconds that the database may take for one query of the public features."
    )
    body_wait_s: float = Field(
        default=30.0,
        gt=0,
        description="Seconds that a request's body may take to come in, and one more for every 64 KiB of it.",
    )
    large_requests_each: int = Field(
        default=4,
        ge=1,
        description="Requests over 1 MiB that one key, or all callers without one, may have under way in a process.",
    )
    max_upload_bytes: int = Field(
        default=256 * 2**20,
        ge=1024,
        description="Largest boundary file, and largest unpacked content, in bytes.",
    )
    key_failures_per_minute: int = Field(
        default=30, ge=1, description="Unknown keys of one address a minute after which further ones get a 429."
    )
    session_idle_minutes: int = Field(
        default=30, ge=2, le=10_080, description="Minutes without a request after which a person is signed out."
    )
    session_longest_hours: int = Field(
        default=12, ge=1, le=720, description="Hours after which a person is signed out, in use or not."
    )
    invitation_hours: int = Field(
        default=72, ge=1, le=720, description="Hours for which a link to set a password can be used."
    )
    password_shortest: int = Field(default=10, ge=8, le=64, description="Characters that a password has at least.")
    password_strength: int = Field(
        default=3, ge=0, le=4, description="How hard a password is to guess at least, as zxcvbn rates it: 0 to 4."
    )
    second_factor_for: str = Field(
        default="nobody",
        pattern="^(nobody|administrators|everybody)$",
        description="Who may do nothing by password alone: nobody, administrators or everybody.",
    )
    secret_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Keys that encrypt secrets, with commas, the current one first; empty: none.",
    )
    openid_issuer: str = Field(
        default="",
        pattern=r"^(https://[^\s?#]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^\s?#]*)?)?$",
        description="Issuer of the OpenID provider at which persons may sign in; empty: none.",
    )
    openid_client_id: str = Field(default="", description="What the OpenID provider knows this service by.")
    openid_client_secret: SecretStr = Field(
        default=SecretStr(""), description="The secret of this service at the OpenID provider."
    )
    openid_scopes: str = Field(
        default="openid profile email", pattern=r"^openid( \S+)*$", description="Scopes asked of the OpenID provider."
    )
    openid_claim: str = Field(
        default="preferred_username",
        min_length=1,
        description="Claim of the OpenID provider that holds a person's login or staff number here.",
    )
    argon2_memory_kib: int = Field(
        default=19_456, ge=8, le=2_097_152, description="Memory of one hash of a password (argon2id), in KiB."
    )
    argon2_passes: int = Field(default=2, ge=1, le=20, description="Passes of one hash of a password (argon2id).")
    counts_refresh_s: float = Field(default=60.0, gt=0, description="Age at which a map's report counts are read anew.")
    counts_shown_from: int = Field(
        default=5,
        ge=1,
        description="Counts of reports that maps show to everybody: smaller ones, but none, need a key; 1: all.",
    )
    hotspot_run_longest_s: float = Field(
        default=3600.0, gt=0, description="Seconds that one hotspot run may compute before it ends as failed."
    )
    hotspot_runs_each: int = Field(
        default=5, ge=1, description="Hotspot runs that one key may have waiting or running at once."
    )
    events_kept_days: int = Field(
        default=14, ge=1, le=42, description="Days for which events that every consumer has read are kept."
    )
    words_kept_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days for which the words and persons of reports are kept, then erased each night; 0: for good.",
    )
    reporters_kept_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days for which names and telephone numbers of reporters are kept; 0: as long as their words.",
    )
    evidence_kept_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days for which it is kept what addresses told of points of reports; 0: as long as their words.",
    )
    sign_ins_kept_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days for which it is kept who signed in from where, half a year at least; 0: for good.",
    )
    personal_request_days: int = Field(
        default=30, ge=1, le=365, description="Days within which what people ask of their own data is answered."
    )
    outward_private_networks: str = Field(
        default="",
        description="Private networks that targets of notifications may lie in, with commas (10.1.0.0/16).",
    )
    outward_longest_s: float = Field(
        default=15.0, gt=0, le=60, description="Seconds that one request to a target of notifications may take."
    )
    notifications_kept_days: int = Field(
        default=90, ge=7, le=3650, description="Days for which messages, deliveries and entries of inboxes are kept."
    )
    smtp_host: str = Field(default="", description="Mail server that notifications go by; empty: no mail.")
    smtp_port: int = Field(default=587, ge=1, le=65_535, description="Port of the mail server.")
    smtp_security: str = Field(
        default="starttls", pattern="^(none|starttls|tls)$", description="none, starttls or tls."
    )
    smtp_user: str = Field(default="", description="Login at the mail server; empty: none.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password at the mail server.")
    smtp_from: str = Field(default="wangge@localhost", pattern=r"^[^\s@<>]+@[^\s@<>]+$", description="Sender of mail.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="Address under which clients reach the API, for the links in its answers; empty: as they asked.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Addresses of the proxies whose Forwarded and X-Forwarded headers are believed, with commas.",
    )
    cors_origins: str = Field(
        default="",
        description="Origins of web pages that may read the API in a browser, with commas, or *; empty: none.",
    )
    caller_key: SecretStr = Field(
        default=SecretStr(""),
        max_length=64,
        description="Secret by which callers' telephone numbers are digested; empty: without one.",
    )
    basemap_url: str = Field(default="", description="XYZ or WMTS tile URL for maps; empty: no basemap is asked for.")
    log_format: str = Field(default="json", pattern="^(json|console)$", description="Log lines as json or for people.")
    log_level: str = Field(default="INFO", description="Lowest level that is logged.")

    @field_validator("outward_private_networks")
    @classmethod
    def _networks(cls, given: str) -> str:
        """Refuse what is no list of networks."""
        networks(given)
        return given

    @field_validator("sign_ins_kept_days")
    @classmethod
    def _half_a_year(cls, days: int) -> int:
        """Refuse less than the six months of the Cybersecurity Law of the PRC, article 21."""
        if 0 < days < LOGS_KEPT_DAYS:
            raise ValueError(f"logs are kept for {LOGS_KEPT_DAYS} days at least")
        return days

    @classmethod
    def for_database(cls, database_url: str) -> Settings:
        """Build the settings from the environment, but for this database."""
        named = {"DATABASE_URL": database_url}
        return cls(**named)  # type: ignore[arg-type]

    @property
    def index_cache_dir(self) -> Path:
        """Where point-location indexes are kept, the same for every process."""
        return self.cache_dir / "point_location"

    @property
    def caller_key_bytes(self) -> bytes:
        """The secret of callers' digests as BLAKE2b takes it; empty for none."""
        return self.caller_key.get_secret_value().encode()[:64]

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, given: SecretStr) -> SecretStr:
        if any(len(key) < SECRET_KEY_SHORTEST for key in _split(given.get_secret_value())):
            raise ValueError(
                f"each key of WANGGE_SECRET_KEYS needs {SECRET_KEY_SHORTEST} characters: openssl rand -hex 32"
            )
        return given

    @property
    def missing_secrets(self) -> list[str]:
        """The settings that a service in use should have and that are not set, by their variables' names."""
        wanted = {
            "WANGGE_CALLER_KEY": not self.caller_key_bytes,
            "WANGGE_SECRET_KEYS": self.second_factor_for != "nobody" and not self.secret_keys_list,
        }
        return [name for name, is_missing in wanted.items() if is_missing]

    @property
    def secret_keys_list(self) -> list[str]:
        """The keys that encrypt secrets, the current one first."""
        return _split(self.secret_keys.get_secret_value())

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with the psycopg 3 driver named, as SQLAlchemy wants it."""
        scheme, _, rest = self.database_url.partition("://")
        return f"{'postgresql+psycopg' if scheme in {'postgres', 'postgresql'} else scheme}://{rest}"

    @property
    def libpq_url(self) -> str:
        """The database URL as psycopg and libpq take it."""
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql://{rest}" if scheme.startswith("postgres") else self.database_url
