package dev.tilewright;

/** Skeleton. */
public abstract class Stream {}
