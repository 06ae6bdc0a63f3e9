/**
 * OpenVINO's C library, found at run time and bound through JNA. Segue does not bring it along: it
 * is Apache-2.0 software that one installs, such as with {@code pip install openvino}.
 */
@NullMarked
package io.segue.model.serve.openvino;

import org.jspecify.annotations.NullMarked;
