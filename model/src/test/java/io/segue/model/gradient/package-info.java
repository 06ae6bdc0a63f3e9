/** Every construct that trains has the gradient of finite differences. */
package io.segue.model.gradient;
