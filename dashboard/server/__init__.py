"""What stands around the app and keeps out whom and what it should: ASGI, before Streamlit sees anything."""
