"""Paid members through Stripe: hosted checkout, webhooks, the customer portal."""

from pressframe_stripe._plugin import Plan, Stripe

__all__ = ["Plan", "Stripe"]
