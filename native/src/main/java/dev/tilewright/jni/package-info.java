/**
 * The JavaCPP binding of the C++ kernels, {@link dev.tilewright.jni.Native}: raw addresses in and
 * out, nothing checked. Internal to the library, whose public API is in {@code dev.tilewright}.
 */
package dev.tilewright.jni;
