/*
 * Chromium runs WebGPU on a software GPU only if it is SwiftShader, which it knows by vendor and device id. This library
 * takes the place of SwiftShader in a copy of Chromium: it forwards every Vulkan call to Mesa's lavapipe (the path DRIVER
 * is set when it is compiled), and replaces the two ids in the properties of the GPU. Nothing else is changed.
 *
 * Chromium opens the library by its file name and asks `vkGetInstanceProcAddr` for every other function. The names with
 * `vk_icd` are what the Vulkan loader asks of a driver.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/* SwiftShader's ids. */
enum { VENDOR_GOOGLE = 0x1AE0, DEVICE_SWIFTSHADER = 0xC0DE };

/* The types of Vulkan that are needed here, so that no headers have to be installed. */
typedef void (*AnyFunction)(void);
typedef AnyFunction (*GetProcAddr)(void *instance, const char *name);

/* The beginning of VkPhysicalDeviceProperties. */
struct Properties {
  uint32_t apiVersion, driverVersion, vendorID, deviceID;
};

/* The beginning of VkPhysicalDeviceProperties2. */
struct Properties2 {
  int32_t sType;
  void *pNext;
  struct Properties properties;
};

static void *driver(void) {
  static void *handle;
  if (handle == NULL) handle = dlopen(DRIVER, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) fprintf(stderr, "lavapipe: %s\n", dlerror());
  return handle;
}

/* A function that the driver exports, or NULL. */
static AnyFunction exported(const char *name) {
  void *handle = driver();
  return handle == NULL ? NULL : (AnyFunction)dlsym(handle, name);
}

static AnyFunction forwarded(void *instance, const char *name) {
  GetProcAddr lookUp = (GetProcAddr)exported("vk_icdGetInstanceProcAddr");
  return lookUp == NULL ? NULL : lookUp(instance, name);
}

static void (*getProperties)(void *, struct Properties *);
static void (*getProperties2)(void *, struct Properties2 *);

static void replaceIds(struct Properties *properties) {
  properties->vendorID = VENDOR_GOOGLE;
  properties->deviceID = DEVICE_SWIFTSHADER;
}

static void propertiesWithIds(void *device, struct Properties *properties) {
  getProperties(device, properties);
  replaceIds(properties);
}

static void properties2WithIds(void *device, struct Properties2 *properties) {
  getProperties2(device, properties);
  replaceIds(&properties->properties);
}

EXPORT AnyFunction vkGetInstanceProcAddr(void *instance, const char *name) {
  if (strcmp(name, "vkGetInstanceProcAddr") == 0) return (AnyFunction)vkGetInstanceProcAddr;
  AnyFunction found = forwarded(instance, name);
  if (found == NULL) return NULL;
  if (strcmp(name, "vkGetPhysicalDeviceProperties") == 0) {
    getProperties = (void (*)(void *, struct Properties *))found;
    return (AnyFunction)propertiesWithIds;
  }
  if (strcmp(name, "vkGetPhysicalDeviceProperties2") == 0 || strcmp(name, "vkGetPhysicalDeviceProperties2KHR") == 0) {
    getProperties2 = (void (*)(void *, struct Properties2 *))found;
    return (AnyFunction)properties2WithIds;
  }
  return found;
}

EXPORT AnyFunction vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  return vkGetInstanceProcAddr(instance, name);
}

EXPORT int32_t vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  int32_t (*negotiate)(uint32_t *) =
      (int32_t (*)(uint32_t *))exported("vk_icdNegotiateLoaderICDInterfaceVersion");
  const int32_t incompatibleDriver = -9;
  return negotiate == NULL ? incompatibleDriver : negotiate(version);
}
