"""The interview: what a message means, what is asked next, what is said."""
