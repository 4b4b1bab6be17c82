"""Joint studies: what each architecture would have seen of whole bundles of launches, under each side's assumptions."""
