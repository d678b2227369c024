"""What the screens are made of: the only rooms, with loading.py and main.py, that know Streamlit."""
