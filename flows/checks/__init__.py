"""What is wrong with a flow, and what is likely wrong: rules that only add findings."""
