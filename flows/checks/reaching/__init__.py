"""How ``reach`` decides: what conditions compare, the values worth trying, the cases, and what they prove."""
