"""Kept counts: what pages count over all testimonies is kept by day, month and year of begin, and added up.

They are numbers, never words or people. What changed is marked and counted anew: by the service a little later, and
until then by whoever reads, so that what is told is always true. ``told`` answers the pages; ``keeping`` marks and
renews; ``summing`` adds up; ``begun`` and ``coded`` count.
"""
