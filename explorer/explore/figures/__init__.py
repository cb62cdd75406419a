"""Figures of records by Plotly; nothing is derived here. No Streamlit."""
