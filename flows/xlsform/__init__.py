"""XLSForm in and out: the spreadsheets in which Kobo and ODK users write their surveys.

``importing`` makes a flow's YAML of a form, ``exporting`` a form of a flow. What cannot be carried over is listed,
never dropped in silence; what XLSForm has no word for travels on a sheet of its own, so that a flow comes back equal.
Bytes go in and out; no file is opened here.
"""

from flows.xlsform.told import FormError, Told

__all__ = ["FormError", "Told"]
