/**
 * Files on Flink's {@code FileSystem}: a file is there whole or not at all, whether it lies on a
 * disk, in HDFS or in an object store.
 */
package io.segue.connectors.file;
