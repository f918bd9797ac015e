"""What testimonies are coded by: themes, groups of persons, the articles behind them; a city may have its own."""
