"""How one provider's published folder is signed, and how another comes to trust a newer one."""
