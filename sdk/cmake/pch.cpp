// Carries the precompiled header that the plugins share.
