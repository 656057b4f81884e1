"""The four sample companies, made from known truth: ``uv run python -m data_samples.make``.

    model.py         what a company is before anything happens in it
    world.py         what happens: leads, sales, advertising money
    records.py       what is written down beside leads and spend: stages, calls, meetings, weekly figures
    truth.py         what an audit must find, counted from the world and not from the files
    record_truth.py  the same for the records: what is planted, sizes, facts behind the claims
    survey.py        what people answer
    writers.py       CSV, XLSX and Parquet with the same bytes every time
    exports.py       pieces that the companies' exports share
    two_campaigns.py okna_plus.py lumen_saas.py zatyshok.py     one company each

Every name of a person or firm is invented.
"""
