"""The machine doors: JSON and signed answers, never a cookie (service-provider-side §2)."""
