/**
 * Gives each frame its place in its stream and the version that is to serve it: repeats dropped,
 * late frames flagged, streams moved only to versions that are warm in this process.
 */
package io.segue.operators.assign;
