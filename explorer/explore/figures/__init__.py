"""Figures of records: plotly for the page, Matplotlib for export. No streamlit here."""
