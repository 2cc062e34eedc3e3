"""What fcsim costs: `python -m bench`. Never collected by pytest; ratios against a floor of the same run."""
