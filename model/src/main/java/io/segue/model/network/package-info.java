/** The whole network: backbone, decoder and head, put together from a configuration. */
package io.segue.model.network;
